using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OrleansIot.Domain.Access;

namespace OrleansIot.Gateway.Access;

/// <summary>Who may connect, beside who has the access key.</summary>
public sealed class ClientAccessOptions
{
    public const string Section = "Gateway:Access";

    /// <summary>
    /// The file with policies, users, certificates and tokens; made with the first one. Default <c>access.json</c> in the folder of the
    /// data, where a host has one; silos that share a store name a file that they share too.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>How often the file is looked at. Default 0.5 s.</summary>
    // What is revoked by another host or in the file itself closes connections within a second; a look costs a stat.
    [Range(typeof(TimeSpan), "00:00:00.050", "01:00:00")]
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Clients without credentials: <c>LoopbackOnly</c> or <c>Never</c>. Default LoopbackOnly, and never where there is an access key.</summary>
    // A newcomer's first device connects without further ado; nobody else's can, since no listener leaves this machine then.
    public AnonymousAccess Anonymous { get; set; }

    /// <summary>Name of the policy for clients without credentials. Default <c>everything</c>: they may act for any device.</summary>
    [Required]
    public string AnonymousPolicy { get; set; } = BuiltInPolicies.Everything.Name;

    /// <summary>
    /// Whether any certificate of the authorities in <c>Gateway:Tls:ClientCaPath</c> lets in, under the client id that is its subject's
    /// common name. Default no: certificates are registered one by one.
    /// </summary>
    // As at AWS IoT Core without just-in-time registration: an authority's signature alone says nothing about this server.
    public bool TrustCertificatesOfCa { get; set; }

    /// <summary>Whether a persistent session or a will needs a policy that speaks of <c>iot:ConnectAttributes</c>. Default no; AWS IoT Core wants it.</summary>
    public bool RequireConnectAttributes { get; set; }

    /// <summary>What a client of MQTT 3.1.1 sees of a message that it may not publish: <c>Acknowledge</c> or <c>Disconnect</c>. Default Acknowledge.</summary>
    public RefusedPublish OnRefusedPublish { get; set; }

    /// <summary>Passwords that may wait to be hashed; more clients are told that the server is busy. Default 200.</summary>
    // At a tenth of a second each on one core, those further behind would wait longer than clients do.
    [Range(1, 100_000)]
    public int PasswordsWaiting { get; set; } = 200;
}

[OptionsValidator]
internal sealed partial class ClientAccessOptionsValidator : IValidateOptions<ClientAccessOptions>;
