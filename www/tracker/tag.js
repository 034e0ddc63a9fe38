// The tracker as a script tag: key and server are the tag's own. A second tag counts nothing twice.
const { src, dataset } = document.currentScript;
window.inlay ??= start({ key: dataset.key, url: src });
