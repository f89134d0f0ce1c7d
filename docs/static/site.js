// What scrolls can be reached by the keyboard.
const reach = () => {
  for (const part of document.querySelectorAll("pre, .table-wrapper, .toc-scroll, .sidebar-scroll")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
  }
};
addEventListener("DOMContentLoaded", reach);
addEventListener("resize", reach);
