using Microsoft.Extensions.Configuration;
using OrleansIot.Application.Access;
using OrleansIot.Gateway.Access;

namespace OrleansIot.Gateway;

/// <summary>The key that clients give as their password, whatever their user name, where one is configured.</summary>
internal sealed class AccessKey(IConfiguration configuration)
{
    public const string Setting = "Access:ApiKey";

    private readonly KeyDigest? _key = configuration[Setting] is { Length: > 0 } key ? new KeyDigest(key) : null;

    public bool IsConfigured => _key is not null;

    /// <summary>Whether clients of other machines may be let near: nobody comes in without credentials.</summary>
    public bool AdmitsOthers { get; } = configuration[Setting] is { Length: > 0 }
        || configuration.GetSection(ClientAccessOptions.Section).GetValue<AnonymousAccess>(nameof(ClientAccessOptions.Anonymous)) == AnonymousAccess.Never;

    /// <summary>Whether a client that gave this password may connect.</summary>
    public bool Admits(ReadOnlySpan<byte> password) => _key is null || _key.Matches(password);
}
