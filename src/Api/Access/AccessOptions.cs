using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OrleansIot.Api.Access;

/// <summary>Who may use the API and the dashboard.</summary>
public sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>
    /// The key that programs send (<c>Authorization: Bearer</c> or <c>X-Api-Key</c>) and people type in to sign in; at least 16
    /// characters. Default none: then only this machine may connect, and needs no key.
    /// </summary>
    // Sixteen characters of a random key are beyond guessing over a network.
    [MinLength(16, ErrorMessage = "Access:ApiKey is too short: at least 16 characters, for instance from 'openssl rand -hex 16'.")]
    public string? ApiKey { get; set; }

    /// <summary>How long a sign-in at the dashboard lasts without use. Default 12 hours.</summary>
    // A shift.
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan SignInLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>Sign-ins that one address may try in a minute. Default 10.</summary>
    [Range(1, 10_000)]
    public int SignInsPerMinute { get; set; } = 10;

    internal bool HasKey => !string.IsNullOrEmpty(ApiKey);
}

[OptionsValidator]
internal sealed partial class AccessOptionsValidator : IValidateOptions<AccessOptions>;
