using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using OrleansIot.Application.Access;

namespace OrleansIot.Api.AccessControl;

/// <summary>A policy.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Document">The policy document, as AWS IoT writes it.</param>
public sealed record PolicyDocument(string Name, JsonElement Document)
{
    internal static PolicyDocument Of(AccessPolicy policy) => new(policy.Name, JsonElement.Parse(policy.Document));
}

/// <summary>A user.</summary>
/// <param name="Name">The user name that a client gives.</param>
/// <param name="Policies">Names of its policies. None: default-device.</param>
/// <param name="ClientIds">The client ids that are its own, and for which default-device counts.</param>
public sealed record UserDocument(string Name, IReadOnlyList<string> Policies, IReadOnlyList<string> ClientIds)
{
    internal static UserDocument Of(Credential.User user) => new(user.Name, user.Policies, user.ClientIds);
}

/// <summary>A registered certificate.</summary>
/// <param name="Id">SHA-256 of the certificate in hexadecimal.</param>
/// <param name="Status">ACTIVE, INACTIVE or REVOKED.</param>
/// <param name="Policies">Names of its policies. None: default-device.</param>
/// <param name="Things">The client ids that are its own. None: the common name of its subject.</param>
/// <param name="Subject">Of the certificate, where its PEM is known.</param>
/// <param name="NotAfter">When it runs out, where its PEM is known.</param>
public sealed record CertificateDocument(
    string Id, string Status, IReadOnlyList<string> Policies, IReadOnlyList<string> Things, string? Subject, DateTimeOffset? NotAfter)
{
    internal static CertificateDocument Of(Credential.Certificate registered)
    {
        using var certificate = registered.Pem is { } pem ? X509Certificate2.CreateFromPem(pem) : null;
        return new(registered.Id, AccessDocument.WordOf(registered.Status), registered.Policies, registered.Things, certificate?.Subject, certificate?.NotAfter.ToUniversalTime());
    }
}

/// <summary>A bearer token.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Policies">Names of its policies. None: default-device.</param>
/// <param name="ClientIds">The client ids for which default-device counts.</param>
/// <param name="Expires">When it runs out; null: never.</param>
/// <param name="Token">The token itself, in the answer that creates it; null ever after.</param>
public sealed record TokenDocument(string Name, IReadOnlyList<string> Policies, IReadOnlyList<string> ClientIds, DateTimeOffset? Expires, string? Token = null)
{
    internal static TokenDocument Of(Credential.Token token, string? text = null) => new(token.Name, token.Policies, token.ClientIds, token.Expires, text);
}

/// <summary>A user as it is put.</summary>
/// <param name="Password">1 to 1,024 bytes. Left out: it stays as it is.</param>
/// <param name="Policies">Names of policies. None: default-device.</param>
/// <param name="ClientIds">The client ids that are its own. None: the user name.</param>
public sealed record UserRequest(string? Password, IReadOnlyList<string>? Policies, IReadOnlyList<string>? ClientIds);

/// <summary>A certificate as it is put.</summary>
/// <param name="Pem">The certificate.</param>
/// <param name="Status">ACTIVE (default), INACTIVE or REVOKED.</param>
/// <param name="Policies">Names of policies. None: default-device.</param>
/// <param name="Things">The client ids that are its own. None: the common name of its subject.</param>
public sealed record CertificateRequest(string? Pem, string? Status, IReadOnlyList<string>? Policies, IReadOnlyList<string>? Things);

/// <summary>A token as it is asked for.</summary>
/// <param name="Name">A name; one is made up where it is left out.</param>
/// <param name="Policies">Names of policies. None: default-device, and then there have to be client ids.</param>
/// <param name="ClientIds">The client ids for which default-device counts.</param>
/// <param name="Expires">When it runs out. Left out: never.</param>
public sealed record TokenRequest(string? Name, IReadOnlyList<string>? Policies, IReadOnlyList<string>? ClientIds, DateTimeOffset? Expires);

/// <summary>A question about access.</summary>
/// <param name="Principal">user/…, certificate/…, token/…, anonymous. Left out: the client that is connected here under the client id.</param>
/// <param name="ClientId">The client id to act under. Left out: the first that is the principal's own.</param>
/// <param name="Action">iot:Connect, iot:Publish, iot:Subscribe, iot:Receive, iot:RetainPublish …</param>
/// <param name="Resource">The topic, filter, client id or thing. May be left out for iot:Connect.</param>
/// <param name="SourceIp">The address to come from.</param>
/// <param name="ConnectAttributes">Of iot:Connect: PersistentConnect, LastWill.</param>
public sealed record ExplainRequest(
    string? Principal, string? ClientId, string Action, string? Resource, string? SourceIp, IReadOnlyList<string>? ConnectAttributes);

/// <summary>The answer to a question about access.</summary>
/// <param name="Allowed">Whether it is allowed.</param>
/// <param name="Decision">Which statement says so: denied by statement 2 of policy "fleet".</param>
/// <param name="Policy">The policy that decided; null where no statement allows it.</param>
/// <param name="Statement">Its statement that decided; null where no statement allows it.</param>
/// <param name="Request">What was asked: iot:Publish on topic/a.</param>
/// <param name="Principal">Who was asked about.</param>
/// <param name="ClientId">Under which client id.</param>
/// <param name="Policies">The policies that count, in order.</param>
/// <param name="Findings">What each statement has to say, in order.</param>
public sealed record ExplanationDocument(
    bool Allowed, string Decision, string? Policy, string? Statement, string Request, string Principal, string ClientId,
    IReadOnlyList<string> Policies, IReadOnlyList<string> Findings);
