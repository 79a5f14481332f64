using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OrleansIot.Api.Access;

/// <summary>
/// Without a key, the API and the dashboard are served to this machine alone; with or without, an address has to be one. A host asks before it listens, prints the reason,
/// and exits with an error.
/// </summary>
public static class LoopbackGuard
{
    /// <param name="more">Addresses that the host listens on by code, if any: they are not in the configuration.</param>
    public static bool Refuses(WebApplication app, [NotNullWhen(true)] out string? reason, params IEnumerable<string> more)
    {
        var key = app.Services.GetRequiredService<IOptions<AccessOptions>>().Value;
        string[] addresses = [.. Addresses(app.Configuration), .. app.Urls, .. more];
        if (addresses.FirstOrDefault(address => !IsAddress(address)) is { } wrong)
        {
            reason = $"'{wrong}' is no address to listen on. Write one such as --urls=http://127.0.0.1:8080.";
            return true;
        }

        var open = key.HasKey ? null : addresses.FirstOrDefault(address => !IsLoopback(address));
        reason = open is null
            ? null
            : $"{open} can be reached from other machines, and no access key is set. Set one with --Access:ApiKey=<at least 16 characters> (or Access__ApiKey in the environment), or listen on localhost.";
        return reason is not null;
    }

    // As the web server takes them: --urls or ASPNETCORE_URLS, else the ports alone, which are on every interface; and its own section.
    private static IEnumerable<string> Addresses(IConfiguration configuration)
    {
        var urls = Split(configuration["urls"]);
        var named = urls.Length > 0
            ? urls
            : [.. Split(configuration["HTTP_PORTS"]).Select(port => $"http://*:{port}"), .. Split(configuration["HTTPS_PORTS"]).Select(port => $"https://*:{port}")];
        return [.. named, .. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()];
    }

    private static string[] Split(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static bool IsAddress(string address)
    {
        try
        {
            Microsoft.AspNetCore.Http.BindingAddress.Parse(address);
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool IsLoopback(string address)
    {
        var parsed = Microsoft.AspNetCore.Http.BindingAddress.Parse(address);
        return parsed.IsUnixPipe || parsed.IsNamedPipe || Loopback.IsName(parsed.Host);
    }
}
