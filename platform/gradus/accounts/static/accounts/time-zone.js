// Whoever signs up gets the time zone their device is in; it can be changed on the profile.
const field = document.querySelector("[data-time-zone]");
if (field && !field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
