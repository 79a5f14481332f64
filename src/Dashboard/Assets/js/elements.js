// Tells of elements that Blazor adds or changes, before they are painted.
const interests = [];

const look = node => {
  if (node.nodeType !== Node.ELEMENT_NODE)
    return;

  for (const { selector, tell } of interests) {
    if (node.matches(selector))
      tell(node);
    node.querySelectorAll(selector).forEach(tell);
  }
};

export const onAdded = (selector, tell) => {
  interests.push({ selector, tell });
  document.querySelectorAll(selector).forEach(tell);
};

new MutationObserver(changes => {
  for (const change of changes) {
    if (change.type === "attributes")
      look(change.target);
    else
      change.addedNodes.forEach(look);
  }
}).observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-age", "data-at"] });
