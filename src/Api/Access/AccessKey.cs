using System.Text;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Access;

namespace OrleansIot.Api.Access;

/// <summary>The key that opens the API and the dashboard, where one is configured.</summary>
internal sealed class AccessKey(IOptions<AccessOptions> options)
{
    private readonly KeyDigest? _key = options.Value.HasKey ? new KeyDigest(options.Value.ApiKey!) : null;

    /// <summary>Names the key without telling it: a sign-in is worth nothing once the key has changed. Null without a key.</summary>
    public string? Fingerprint => _key?.Fingerprint;

    public bool IsSet => _key is not null;

    public bool Matches(string? offered) => _key is not null && offered is not null && _key.Matches(Encoding.UTF8.GetBytes(offered));
}
