using System.Net;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Api.Http;
using OrleansIot.Application.Access;
using OrleansIot.Application.Access.Ports;
using OrleansIot.Domain.Access;

namespace OrleansIot.Api.AccessControl;

/// <summary>Answers why somebody may do something or not, by the policies that the gateway goes by.</summary>
internal static class AccessExplanation
{
    private const string Anonymous = "anonymous";

    public static async Task<Results<Ok<ExplanationDocument>, ProblemResult>> Explain(HttpRequest request, IAccessBook book, IServiceProvider services)
    {
        using var body = await RequestFields.Read(request, "principal", "clientId", "action", "resource", "sourceIp", "connectAttributes");
        var fields = body.Fields;
        var action = PolicyActionNames.Named(fields.Text("action") ?? "");
        if (!BitOperations.IsPow2((int)action))
            fields.Fault("action", "is not one action.", $"Send one of {string.Join(", ", PolicyActionNames.All.Select(PolicyActionNames.Of))}.");

        var (principal, clientId) = (fields.Text("principal"), fields.Text("clientId"));
        if (principal is null && clientId is null)
            fields.Fault("principal", "is missing, and so is clientId.", "Send user/…, certificate/… or token/…, or the clientId of a client that is connected.");

        var resource = fields.Text("resource");
        if (resource is null && action is not (PolicyActions.Connect or PolicyActions.ListRetainedMessages))
            fields.Fault("resource", "is missing.", "Send the topic, the filter or the thing.");

        IPAddress? address = null;
        if (fields.Text("sourceIp") is { } text && !IPAddress.TryParse(text, out address))
            fields.Fault("sourceIp", $"is '{text}'.", "Send an address.");

        var attributes = AttributesOf(fields);
        if (body.Faults.Count > 0)
            return AccessEndpoints.Invalid(body.Faults);

        var source = address is null ? null : SourceAddresses.Of(address);
        var gateway = services.GetService<IGatewayAccess>();
        var found = principal switch
        {
            null => gateway?.Find(clientId!),
            Anonymous => OfAnonymous(book.Current, gateway, clientId ?? "", source),
            _ => OfCredential(book.Current, gateway, principal, clientId, source),
        };
        if (found is not { } who)
        {
            return principal is null
                ? ProblemResult.Of(StatusCodes.Status404NotFound, "client.not-connected", $"No client '{clientId}' is connected here; send a principal to ask about one that is not.")
                : ProblemResult.Of(StatusCodes.Status404NotFound, "principal.unknown", $"There is no '{principal}'; it is user/…, certificate/…, token/…, or anonymous where such clients are let in.");
        }

        var name = Encoding.UTF8.GetBytes(resource ?? (action == PolicyActions.Connect ? who.Context.ClientId : ""));
        var asked = action == PolicyActions.Connect ? PolicyRequest.Connect(name, attributes) : PolicyRequest.Of(action, name);
        var explanation = who.Policies.Explain(asked, who.Context);
        var decision = explanation.Decision;
        return TypedResults.Ok(new ExplanationDocument(
            decision.IsAllowed,
            decision.ToString(),
            decision.Policy?.Name,
            decision.Policy is { } policy && decision.Statement is { } statement ? policy.NameOf(statement) : null,
            explanation.Request,
            who.Principal,
            who.Context.ClientId,
            [.. who.Policies.Policies.Select(policy => policy.Name)],
            explanation.Findings));
    }

    private static (string Principal, PolicySet Policies, AccessContext Context)? OfAnonymous(
        AccessEdition edition, IGatewayAccess? gateway, string clientId, SourceAddress? source) => gateway?.AnonymousPolicy is not { } policy
        ? null
        : (Anonymous, edition.PoliciesNamed([policy], isOwn: true, gateway.ConnectAttributesNeedGrant), new AccessContext(clientId, source));

    private static (string Principal, PolicySet Policies, AccessContext Context)? OfCredential(
        AccessEdition edition, IGatewayAccess? gateway, string principal, string? clientId, SourceAddress? source)
    {
        if (edition.Find(principal) is not { } credential)
            return null;

        using var certificate = (credential as Credential.Certificate)?.Pem is { } pem ? X509Certificate2.CreateFromPem(pem) : null;
        var fields = certificate is null ? null : CertificateFields.Of(certificate);
        var commonName = fields?.GetValueOrDefault("Subject.CommonName", []) is [var only] ? only : null;
        var id = clientId ?? credential.ClientIds.FirstOrDefault() ?? commonName ?? "";
        var thing = credential is Credential.Certificate && credential.ClientIds.Contains(id) ? new AttachedThing(id) : null;
        return (principal, edition.PoliciesOf(credential, id, commonName, gateway?.ConnectAttributesNeedGrant ?? false), new AccessContext(id, source, thing, fields));
    }

    private static ConnectAttributes AttributesOf(CredentialReader fields)
    {
        var attributes = ConnectAttributes.None;
        foreach (var name in fields.Texts("connectAttributes"))
        {
            if (Enum.TryParse<ConnectAttributes>(name, out var one) && Enum.IsDefined(one))
                attributes |= one;
            else
                fields.Fault("connectAttributes", $"holds '{name}'.", "Send PersistentConnect, LastWill.");
        }

        return attributes;
    }
}
