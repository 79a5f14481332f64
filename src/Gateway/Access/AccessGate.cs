using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Access;
using OrleansIot.Domain.Access;
using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Access;

/// <summary>Lets a client in, with what it may do, or turns it away: who it is, whether its policies let it connect, and leave its will.</summary>
internal sealed class AccessGate(
    Doorkeeper doorkeeper, PrincipalPolicies policies, OpenConnections open, RefusedConnections refusals, AccessMetrics metrics,
    IOptions<ClientAccessOptions> options, ILogger<AccessGate> logger)
{
    public OpenConnections Open => open;

    public RefusedConnections Refusals => refusals;

    /// <summary>The request with what its client may do, unless the verdict refuses it.</summary>
    public async ValueTask<(ConnectVerdict Verdict, ConnectRequest Request)> Decide(ConnectRequest request, ConnectionContext connection)
    {
        var shown = ShownCertificate.Of(connection);
        var found = await doorkeeper.Identify(request, connection, shown);
        if (found.Principal is not { } principal)
        {
            metrics.ConnectRefused(found.Tag);
            return (new(found.Code, found.Reason), request);
        }

        var clientId = request.ClientId.Length > 0 ? request.ClientId : $"auto-{Guid.NewGuid():N}";
        var source = connection.RemoteEndPoint is IPEndPoint { Address: var address } ? SourceAddresses.Of(address) : null;
        var thing = principal.Credential is Credential.Certificate certificate && certificate.ClientIds.Contains(clientId) ? new AttachedThing(clientId) : null;
        var endsConnection = request.Client.Version == MqttVersion.V311 && options.Value.OnRefusedPublish == RefusedPublish.Disconnect;
        var access = new ClientAccess(
            policies.Of(principal, clientId, shown?.CommonName),
            new AccessContext(clientId, source, thing, shown?.Fields),
            new ClientRefusals(connection.RemoteEndPoint, endsConnection, metrics, logger))
        {
            Principal = principal,
            Certificate = shown,
            Attributes = request.Attributes,
        };
        return (VerdictOn(request, access), request with { Access = access });
    }

    private ConnectVerdict VerdictOn(ConnectRequest request, ClientAccess access)
    {
        var context = access.Context;
        var connect = PolicyRequest.Connect(Encoding.UTF8.GetBytes(context.ClientId), request.Attributes);
        if (access.Policies.Evaluate(connect, context) is { IsAllowed: false } noConnect)
            return Refuse("not-authorized", connect, noConnect);

        if (request.Will is not { } will)
            return default;

        // Here, not when it is due: then nobody is left who could be told.
        var publish = PolicyRequest.Publish(will.Body.Topic);
        if (access.Policies.Evaluate(publish, context) is { IsAllowed: false } noWill)
            return Refuse("will", publish, noWill);

        var retain = PolicyRequest.RetainPublish(will.Body.Topic);
        return will.Retain && access.Policies.Evaluate(retain, context) is { IsAllowed: false } noRetain ? Refuse("will", retain, noRetain) : default;

        ConnectVerdict Refuse(string tag, in PolicyRequest asked, PolicyDecision decision)
        {
            metrics.ConnectRefused(tag);
            return new(MqttReasonCode.NotAuthorized, $"{access.Principal.Name}: {(tag == "will" ? "its will: " : "")}{LogText.Of(asked.ToString())} {decision}");
        }
    }
}
