using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using OrleansIot.Gateway.Access;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Presence;

/// <summary>
/// Tells who comes, goes, subscribes and unsubscribes, on the topics and in the JSON of AWS IoT Core's life cycle events. Where
/// nobody is subscribed to a topic, nothing is written for it.
/// </summary>
internal sealed class PresenceEvents(MessageBroker broker, ConnectionVersions versions, TimeProvider time)
{
    /// <summary>Tells that a client was let in; what it does later is told through the answer.</summary>
    public ClientPresence Connected(ClientConnection client, Principal principal, ConnectionContext connection)
    {
        var presence = new ClientPresence(this, client.ClientId, principal, versions.Next(client), connection);
        presence.TellConnected();
        return presence;
    }

    /// <summary>To be called before the client's id is free, so that its next connection has the next number.</summary>
    public void Left(ClientPresence presence) => versions.Left(presence);

    /// <param name="write">What follows the fields that all events have.</param>
    public void Tell(ClientPresence presence, string kind, string eventType, Action<Utf8JsonWriter> write)
    {
        // Such an id would make a topic of others; CONNECT refuses it.
        if (presence.ClientId.AsSpan().ContainsAny('+', '#'))
            return;

        var topic = Encoding.UTF8.GetBytes($"$aws/events/{kind}/{eventType}/{presence.ClientId}");
        if (!broker.IsWanted(topic, retain: false))
            return;

        var json = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("clientId", presence.ClientId);
            writer.WriteNumber("timestamp", time.GetUtcNow().ToUnixTimeMilliseconds());
            writer.WriteString("eventType", eventType);
            writer.WriteString("sessionIdentifier", presence.SessionIdentifier);
            writer.WriteString("principalIdentifier", presence.PrincipalIdentifier);
            write(writer);
            writer.WriteEndObject();
        }

        broker.Publish(
            new BrokeredMessage(PublishBody.Copy(topic, json.WrittenSpan), MqttQoS.AtLeastOnce, Retain: false, time.GetTimestamp()),
            publisher: null, ticket: default, out _);
    }
}
