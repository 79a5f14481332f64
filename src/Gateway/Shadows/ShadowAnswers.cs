using OrleansIot.Application.Shadows;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Broker;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Shadows;

/// <summary>
/// Tells of shadows, by messages like any other. What changed is told where the device's owner is, in the order of the changes,
/// and whoever asked for it; what was refused, and what a shadow holds, where it was asked.
/// </summary>
internal sealed class ShadowAnswers : IShadowListener
{
    private readonly MessageBroker _broker;
    private readonly TimeProvider _time;

    public ShadowAnswers(MessageBroker broker, ShadowNews news, TimeProvider time)
    {
        (_broker, _time) = (broker, time);
        news.Listener = this;
    }

    public void Updated(DeviceId device, Shadow? before, Shadow after, TwinEvent.ShadowUpdated happened)
    {
        var (name, at, token) = (happened.Shadow, happened.At, happened.ClientToken);
        var topic = ShadowTopic.Of(device, name, "/update/delta");
        if (IsWanted(topic) && after.Delta is { } delta)
            Publish(topic, ShadowMessages.Delta(delta, after.Version, at, token));

        topic = ShadowTopic.Of(device, name, "/update/documents");
        if (IsWanted(topic))
            Publish(topic, ShadowMessages.Documents(before, after, at, token));

        topic = ShadowTopic.Of(device, name, "/update/accepted");
        if (IsWanted(topic))
            Publish(topic, ShadowMessages.Accepted(happened.Patch, happened.ShadowVersion, at, token));
    }

    public void Deleted(DeviceId device, TwinEvent.ShadowDeleted happened)
    {
        var topic = ShadowTopic.Of(device, happened.Shadow, "/delete/accepted");
        if (IsWanted(topic))
            Publish(topic, ShadowMessages.Deleted(happened.ShadowVersion, happened.At, happened.ClientToken));
    }

    public void Found(ShadowTopic asked, Shadow shadow, Instant at, string? clientToken, bool withDeltaMetadata)
    {
        var topic = asked.Answer("/accepted");
        if (IsWanted(topic))
            Publish(topic, ShadowMessages.Document(shadow, at, clientToken, withDeltaMetadata));
    }

    public void Rejected(ShadowTopic asked, int status, string message, Instant at, string? clientToken)
    {
        var topic = asked.Answer("/rejected");
        if (IsWanted(topic))
            Publish(topic, ShadowMessages.Rejected(status, message, at, clientToken));
    }

    private bool IsWanted(byte[] topic) => _broker.IsWanted(topic, retain: false);

    private void Publish(byte[] topic, byte[] json)
    {
        var message = new BrokeredMessage(PublishBody.Copy(topic, json), MqttQoS.AtLeastOnce, Retain: false, _time.GetTimestamp());

        // While nothing can be stored for those who are away, those who are there are told all the same.
        if (_broker.Publish(message, publisher: null, ticket: default, out _) == PublishAnswer.SessionUnavailable)
            _broker.Publish(message with { QoS = MqttQoS.AtMostOnce }, publisher: null, ticket: default, out _);
    }
}
