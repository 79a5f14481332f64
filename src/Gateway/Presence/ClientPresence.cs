using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using OrleansIot.Gateway.Access;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Presence;

/// <summary>One connection of a client, as its events show it.</summary>
internal sealed class ClientPresence(PresenceEvents events, string clientId, Principal principal, ConnectionVersion version, ConnectionContext connection)
{
    private readonly Guid _session = Guid.NewGuid();

    public string ClientId => clientId;

    public ConnectionVersion Version => version;

    public string SessionIdentifier => _session.ToString("N");

    /// <summary>The id of the certificate, as AWS IoT Core forms it: SHA-256 over its DER. Without one, who the client acts for.</summary>
    public string PrincipalIdentifier => connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } certificate
        ? Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span))
        : principal.Name;

    public void TellConnected() => events.Tell(this, "presence", "connected", json =>
    {
        if (connection.RemoteEndPoint is IPEndPoint { Address: var address })
            json.WriteString("ipAddress", (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        json.WriteNumber("versionNumber", version.Number);
    });

    public void Disconnected(CloseReason reason)
    {
        events.Left(this);
        events.Tell(this, "presence", "disconnected", json =>
        {
            var name = DisconnectReason.Of(reason);
            json.WriteBoolean("clientInitiatedDisconnect", name == DisconnectReason.ByClient);
            json.WriteString("disconnectReason", name);
            json.WriteNumber("versionNumber", version.Number);
        });
    }

    public void Subscribed(List<(Subscription Subscription, bool IsNew)> added)
    {
        if (added.Count > 0)
            events.Tell(this, "subscriptions", "subscribed", json => WriteTopics(json, added.Select(one => one.Subscription.Filter.Text)));
    }

    /// <param name="answers">To each filter, in their order.</param>
    public void Unsubscribed(TopicFilterList filters, List<MqttReasonCode> answers)
    {
        if (!answers.Contains(MqttReasonCode.Success))
            return;

        var topics = new List<string>();
        var at = 0;
        foreach (var filter in filters)
        {
            if (answers[at++] == MqttReasonCode.Success)
                topics.Add(Encoding.UTF8.GetString(filter));
        }

        events.Tell(this, "subscriptions", "unsubscribed", json => WriteTopics(json, topics));
    }

    private static void WriteTopics(Utf8JsonWriter json, IEnumerable<string> topics)
    {
        json.WriteStartArray("topics");
        foreach (var topic in topics)
            json.WriteStringValue(topic);
        json.WriteEndArray();
    }
}
