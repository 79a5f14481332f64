using System.Text.Encodings.Web;

namespace OrleansIot.Api.Access;

/// <summary>The page on which a person types in the key. It needs no script and nothing from elsewhere.</summary>
internal static class SignInPage
{
    public static string Html(string tokenField, string token, string returnTo, string? message) =>
        $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Sign in – OrleansIot</title>
          <style>
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
            body { display: grid; place-items: center; min-height: 100vh; margin: 0; }
            form { display: grid; gap: .75rem; width: min(20rem, 90vw); }
            h1 { font-size: 1.25rem; margin: 0; }
            input, button { font: inherit; padding: .5rem; }
            [role=alert] { color: #c62828; margin: 0; }
          </style>
        </head>
        <body>
          <form method="post" action="{{SignInEndpoints.Path}}">
            <h1>OrleansIot</h1>
            {{(message is null ? "" : $"<p role=\"alert\">{Encode(message)}</p>")}}
            <label for="key">Access key</label>
            <input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
            <input type="hidden" name="{{SignInEndpoints.ReturnTo}}" value="{{Encode(returnTo)}}">
            <input type="hidden" name="{{Encode(tokenField)}}" value="{{Encode(token)}}">
            <button type="submit">Sign in</button>
          </form>
        </body>
        </html>
        """;

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
