// What only the browser knows or can do. The pages are pushed from the server; nothing here asks for data.
window.resonance = {
    // What the server renders at first does not answer yet; from now on it does.
    connected: () => { document.documentElement.dataset.connected = ""; },

    prefersDark: () => window.matchMedia("(prefers-color-scheme: dark)").matches,

    chooseTheme: theme => {
        document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
        document.documentElement.dataset.theme = theme;
    },

    // Tells a component when the end of its list comes into view.
    watchEnd: (element, component) => {
        const observer = new IntersectionObserver(
            entries => entries.some(entry => entry.isIntersecting) && component.invokeMethodAsync("EndIsNear"),
            { rootMargin: "600px" });
        observer.observe(element);
        element.resonanceObserver = observer;
    },

    unwatchEnd: element => element?.resonanceObserver?.disconnect(),
};

// "/" leads to the search field of a page, as on many sites.
document.addEventListener("keydown", event => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]"))
        return;
    const search = document.querySelector("[data-search] input, input[data-search]");
    if (search) {
        event.preventDefault();
        search.focus();
    }
});
