"""What happens by itself: found (`due`, `events`), dealt with once (`running`), and kept as rows (`AutomationRun`)."""
