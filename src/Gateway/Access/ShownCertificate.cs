using System.Collections.Immutable;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using OrleansIot.Application.Access;

namespace OrleansIot.Gateway.Access;

/// <summary>The certificate by which a client spoke TLS: its chain and its dates have been checked, not yet who it is.</summary>
internal sealed record ShownCertificate(string Id, string? CommonName, IReadOnlyDictionary<string, ImmutableArray<string>> Fields)
{
    public static ShownCertificate? Of(ConnectionContext connection)
    {
        if (connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is not { } certificate)
            return null;

        var fields = CertificateFields.Of(certificate);

        // With several it would be a matter of taste which one it goes by.
        var names = fields.GetValueOrDefault("Subject.CommonName", []);
        return new ShownCertificate(CertificateFields.IdOf(certificate), names is [var name] ? name : null, fields);
    }
}
