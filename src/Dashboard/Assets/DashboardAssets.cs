using System.Collections.Frozen;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace OrleansIot.Dashboard.Assets;

/// <summary>
/// Style, scripts and icon, served from the assembly under an address that holds their version: the browser keeps them for
/// good, and a new build has new addresses.
/// </summary>
internal static class DashboardAssets
{
    private const string Root = "/_dashboard";
    private const string BlazorScript = "/_framework/blazor.web.js";
    private const string KeepForGood = "public, max-age=31536000, immutable";

    private static readonly FrozenDictionary<string, Asset> Files = Read().ToFrozenDictionary();
    private static readonly Asset? Blazor = Asset.FromResource("blazor.web.js");
    private static readonly string Version = Asset.VersionOf(Files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => file.Value));

    public static string BlazorScriptUrl { get; } = Blazor is null ? BlazorScript : $"{BlazorScript}?v={Blazor.Version}";

    public static string Url(string file) => $"{Root}/{Version}/{file}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet($"{Root}/{{version}}/{{**file}}", Serve).AllowAnonymous().ExcludeFromDescription();
        if (Blazor is null)
            routes.MapStaticAssets(); // built with UseSdkBlazorScript: the host's manifest holds the script
        else
            routes.MapGet(BlazorScript, (HttpRequest request) => Answer(Blazor, request)).AllowAnonymous().ExcludeFromDescription();
    }

    private static Results<FileContentHttpResult, NotFound> Serve(string file, HttpRequest request) =>
        Files.TryGetValue(file, out var asset) ? Answer(asset, request) : TypedResults.NotFound();

    private static FileContentHttpResult Answer(Asset asset, HttpRequest request)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = KeepForGood;
        headers.Vary = HeaderNames.AcceptEncoding;
        var zipped = request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (zipped)
            headers.ContentEncoding = "gzip";

        return TypedResults.Bytes(zipped ? asset.Zipped : asset.Content, asset.ContentType, entityTag: new EntityTagHeaderValue($"\"{asset.Version}{(zipped ? "z" : "")}\""));
    }

    private static IEnumerable<KeyValuePair<string, Asset>> Read()
    {
        const string Folder = "assets/";
        var names = typeof(DashboardAssets).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToLookup(name => name.EndsWith(".css", StringComparison.Ordinal));

        var css = new StringBuilder();
        foreach (var name in names[true])
            css.Append(Encoding.UTF8.GetString(Asset.FromResource(name)!.Content)).Append('\n');

        yield return KeyValuePair.Create("dashboard.css", new Asset("dashboard.css", Encoding.UTF8.GetBytes(css.ToString())));
        foreach (var name in names[false])
            yield return KeyValuePair.Create(name[Folder.Length..], Asset.FromResource(name)!);
    }
}
