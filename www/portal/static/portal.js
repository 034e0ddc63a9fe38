// Two conveniences. Without this script the theme buttons work as a form, and everything else as links.

// The theme changes at once, embedded dashboards included; the server keeps the choice in a cookie.
const form = document.querySelector('form[data-theme-switch]');
form?.addEventListener('submit', (event) => {
  event.preventDefault();
  const theme = event.submitter.value;
  document.documentElement.dataset.theme = theme;
  for (const button of form.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.value === theme));
  }
  for (const dashboard of document.querySelectorAll('inlay-dashboard')) {
    dashboard.setAttribute('theme', theme);
  }
  fetch(form.action, { method: 'POST', body: new URLSearchParams({ theme }) });
});

// While the history is on its way, the page says how far it is.
const arriving = document.querySelector('[data-arriving]');
const look = async () => {
  const answer = await fetch('/arriving').catch(() => null);
  const { percent } = answer?.ok ? await answer.json() : {};
  if (percent === 100) {
    arriving.hidden = true;
    return;
  }
  if (percent !== undefined) {
    arriving.querySelector('progress').value = percent;
    arriving.querySelector('output').textContent = `${percent} %`;
  }
  setTimeout(look, 1500);
};
if (arriving) {
  setTimeout(look, 1500);
}
