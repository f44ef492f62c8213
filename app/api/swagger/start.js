// Show the API's description on the page at /docs.
window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true });
