using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Access;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Telemetry;

/// <summary>
/// Takes in one client's messages. Readings may be many on their way at once, which is what lets their commits share a disk
/// write; when they are too many the reader is told to wait, whatever the QoS. Only when that lasts
/// (<see cref="MqttGatewayOptions.ShedAfter"/>) are QoS 0 readings dropped instead.
/// </summary>
internal sealed class PublishIntake(
    ClientSession session, ClientAccess access, DeviceId? device, SessionId sessionId, PublishAcks acks, MessageBroker broker, TelemetryIngest telemetry,
    MqttGatewayOptions options, TimeProvider time, GatewayMetrics metrics)
{
    private readonly TopicRouteCache _routes = new();
    private readonly Stack<ReadingInFlight> _spare = new();
    private int _inFlight;
    private bool _acksReady;
    private long? _congestedSince;

    /// <summary>Readings on their way to being stored.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Called when there is room again; on any thread.</summary>
    public Action OnRoom { get; set; } = static () => { };

    /// <summary>Called when PUBACKs can leave that <see cref="TakeReadyAcks"/> did not tell of; on any thread.</summary>
    public Action OnAcksReady { get; set; } = static () => { };

    /// <summary>Called when a client of 3.1.1 must not be sent the PUBACK that it waits for.</summary>
    public Action OnNotStored { get; set; } = static () => { };

    /// <summary>When a QoS 0 reading that has to wait may be dropped, in time from <paramref name="now"/>.</summary>
    public TimeSpan UntilShedding(long now) => options.ShedAfter - time.GetElapsedTime(_congestedSince ?? now, now);

    /// <summary>Whether messages taken since the last call have PUBACKs that can leave.</summary>
    public bool TakeReadyAcks()
    {
        var ready = _acksReady;
        _acksReady = false;
        return ready;
    }

    /// <summary>Takes a message; false when it has to wait.</summary>
    public bool TryTake(scoped in PublishPacket publish, MqttVersion version, Arrival arrival)
    {
        var route = _routes.Find(publish.Topic);
        if (route.Kind == TopicKind.Telemetry && !HasRoom(arrival.Timestamp))
        {
            if (publish.QoS != MqttQoS.AtMostOnce || UntilShedding(arrival.Timestamp) > TimeSpan.Zero)
                return false;

            metrics.Publish(publish.QoS);
            telemetry.Shed();
            return true;
        }

        long ticket = 0;
        if (publish.QoS != MqttQoS.AtMostOnce && !acks.TryTake(publish.PacketId, out ticket))
            return false;

        metrics.Publish(publish.QoS);
        if (!access.MayPublish(publish.Topic, publish.Retain))
        {
            metrics.PublishRefused("not-authorized");
            Answer(publish, ticket, PublishAnswer.NotAuthorized);
            return true;
        }

        switch (route.Kind)
        {
            case TopicKind.Plain:
                Answer(publish, ticket, Forward(publish, arrival));
                break;
            case TopicKind.Reserved:
                // 3.1.1 [MQTT-3.3.5-2]: a message that is not authorized is acknowledged all the same; the alternative is to close.
                metrics.PublishRefused("reserved-topic");
                Answer(publish, ticket, PublishAnswer.ReservedTopic);
                break;
            default:
                Ingest(publish, version, arrival, ticket, route);
                break;
        }

        return true;
    }

    public void Finished(ReadingInFlight reading, ushort packetId, long ticket, PublishAnswer answer, bool isSynchronous)
    {
        lock (_spare)
            _spare.Push(reading);
        Interlocked.Decrement(ref _inFlight);
        var acksReady = packetId != 0 && acks.Complete(ticket, packetId, answer);

        // On the reader's own thread PUBACKs gather until it has no more packets: one write for all of them.
        if (isSynchronous)
        {
            _acksReady |= acksReady;
            return;
        }

        if (acksReady)
            OnAcksReady();
        OnRoom();
    }

    /// <summary>The ticket stays open, so that no later PUBACK leaves in place of the one that must not.</summary>
    public void NotStored() => OnNotStored();

    // Overload is told from a slow moment by how long the connection has been near its bound, not by single waits: while
    // readings are stored at all, each wait is short.
    private bool HasRoom(long now)
    {
        var inFlight = Volatile.Read(ref _inFlight);
        if (inFlight <= options.ReceiveMaximum / 2)
            _congestedSince = null;
        if (inFlight < options.ReceiveMaximum)
            return true;

        _congestedSince ??= now;
        return false;
    }

    private PublishAnswer Forward(scoped in PublishPacket publish, Arrival arrival)
    {
        var answer = PublishAnswer.NobodySubscribed;
        if (broker.IsWanted(publish.Topic, publish.Retain))
        {
            var body = PublishBody.Copy(publish.Topic, publish.Payload, publish.Properties);
            answer = broker.Publish(new BrokeredMessage(body, publish.QoS, publish.Retain, arrival.Timestamp), session);
        }

        if (answer == PublishAnswer.NobodySubscribed)
            metrics.Unrouted();

        return answer;
    }

    private void Ingest(scoped in PublishPacket publish, MqttVersion version, Arrival arrival, long ticket, TopicRoute route)
    {
        var body = PublishBody.Copy(publish.Topic, publish.Payload, publish.Properties);
        SessionId? own = route.Device == device ? sessionId : null;
        if (telemetry.Read(route, publish, body, arrival, own, out var refusal) is not { } command)
        {
            Answer(publish, ticket, refusal);
            return;
        }

        Interlocked.Increment(ref _inFlight);
        Spare().Start(command, route, new BrokeredMessage(body, publish.QoS, publish.Retain, arrival.Timestamp), arrival, version, publish.PacketId, ticket);
    }

    private ReadingInFlight Spare()
    {
        lock (_spare)
            return _spare.TryPop(out var reading) ? reading : new ReadingInFlight(this, telemetry, session);
    }

    private void Answer(scoped in PublishPacket publish, long ticket, PublishAnswer answer)
    {
        if (publish.QoS != MqttQoS.AtMostOnce)
            _acksReady |= acks.Complete(ticket, publish.PacketId, answer);
    }
}
