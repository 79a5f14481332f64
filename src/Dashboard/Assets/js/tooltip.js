// One floating label for every [data-tip], by pointer and by keyboard.
const label = document.createElement("div");
label.className = "tip";
label.setAttribute("role", "tooltip");
label.hidden = true;
document.body.append(label);

const show = target => {
  label.textContent = target.dataset.tip;
  label.hidden = false;
  const box = target.getBoundingClientRect();
  const left = Math.min(Math.max(8, box.left + box.width / 2 - label.offsetWidth / 2), innerWidth - label.offsetWidth - 8);
  const above = box.top - label.offsetHeight - 8;
  label.style.left = `${left}px`;
  label.style.top = `${above < 8 ? box.bottom + 8 : above}px`;
};

const hide = () => {
  label.hidden = true;
};

const follow = event => {
  const target = event.target.closest?.("[data-tip]");
  if (target)
    show(target);
  else
    hide();
};

document.addEventListener("pointerover", follow);
document.addEventListener("focusin", follow);
document.addEventListener("focusout", hide);
document.addEventListener("scroll", hide, { capture: true, passive: true });
document.addEventListener("keydown", event => event.key === "Escape" && hide());
