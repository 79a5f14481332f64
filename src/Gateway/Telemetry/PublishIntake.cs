using System.Runtime.CompilerServices;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Access;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Connections;
using OrleansIot.Gateway.Shadows;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Sessions;

namespace OrleansIot.Gateway.Telemetry;

/// <summary>
/// Takes in one client's messages. Readings may be many on their way at once, which is what lets their commits share a disk
/// write; when they are too many the reader is told to wait, whatever the QoS. Only when that lasts
/// (<see cref="MqttGatewayOptions.ShedAfter"/>) are QoS 0 readings dropped instead.
/// </summary>
internal sealed class PublishIntake(
    ClientSession session, MqttVersion version, ClientAccess access, DeviceId? device, SessionId sessionId, PublishAcks acks, MessageBroker broker,
    TelemetryIngest telemetry, ShadowRequests shadows, MqttGatewayOptions options, TimeProvider time, GatewayMetrics metrics, IPublisher publisher) : IPublishOrigin
{
    // Timers are no finer.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly TopicRouteCache _routes = new();
    private readonly Stack<ReadingInFlight> _spare = new();
    private int _inFlight;
    private HeldPublisher? _held; // most publish to nobody slow
    private ShadowQueue? _shadows; // of many devices, few have one
    private bool _acksReady;
    private long? _congestedSince;
    private Published _published;

    /// <summary>Readings on their way to being stored.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>When a message that has to wait is to be tried again, whatever comes in between; in time from <paramref name="now"/>.</summary>
    public TimeSpan UntilRetry(long now) => _held?.Wait is { } wait
        ? TimeSpan.FromTicks(Math.Max((wait.Span - time.GetElapsedTime(wait.From, now)).Ticks, ShortestWait.Ticks))
        : UntilShedding(now);

    /// <summary>Whether messages taken since the last call have PUBACKs that can leave.</summary>
    public bool TakeReadyAcks()
    {
        var ready = _acksReady;
        _acksReady = false;
        return ready;
    }

    /// <summary>Counts what was taken since the last call: who listens to a counter is called once for what one read brought, not with each message.</summary>
    public void CountPublished()
    {
        for (var qos = MqttQoS.AtMostOnce; qos <= MqttQoS.ExactlyOnce; qos++)
        {
            if (_published[(int)qos] > 0)
                metrics.Published(qos, _published[(int)qos]);
        }

        _published = default;
    }

    /// <summary>Whether one more message of QoS 1 or 2 is more than the client was told it may send ([MQTT-3.3.4-7]). It has no such bound in 3.1.1.</summary>
    public bool IsOneTooMany => version == MqttVersion.V5 && acks.PubAckCount + (session.Inbound?.OpenCount ?? 0) >= options.ReceiveMaximum;

    /// <summary>Takes a message; false when it has to wait.</summary>
    public bool TryTake(scoped in PublishPacket publish, Arrival arrival)
    {
        var route = _routes.Find(publish.Topic);
        if ((route.Kind == TopicKind.Telemetry || publish.QoS != MqttQoS.AtMostOnce) && !HasRoom(arrival.Timestamp))
        {
            if (publish.QoS != MqttQoS.AtMostOnce || UntilShedding(arrival.Timestamp) > TimeSpan.Zero)
                return false;

            _published[(int)publish.QoS]++;
            telemetry.Shed();
            return true;
        }

        if (route.Kind != TopicKind.Reserved && IsHeld(publish, arrival.Timestamp))
            return false;

        var ticket = default(PublishTicket);
        if (publish.QoS != MqttQoS.AtMostOnce)
        {
            if (!acks.TryTake(publish.QoS, publish.PacketId, out var number))
                return false;

            ticket = new PublishTicket(this, publish.QoS, publish.PacketId, number);
            if (publish.QoS == MqttQoS.ExactlyOnce && IsCopy(ref ticket))
                return true;
        }

        _published[(int)publish.QoS]++;
        if (!access.MayPublish(publish.Topic, publish.Retain))
        {
            metrics.PublishRefused("not-authorized");
            Answer(ticket, PublishAnswer.NotAuthorized);
            return true;
        }

        switch (route.Kind)
        {
            case TopicKind.Plain:
                Forward(publish, arrival, ticket);
                break;
            case TopicKind.Reserved:
                // 3.1.1 [MQTT-3.3.5-2]: a message that is not authorized is acknowledged all the same; the alternative is to close.
                metrics.PublishRefused("reserved-topic");
                Answer(ticket, PublishAnswer.ReservedTopic);
                break;
            case TopicKind.Shadow:
                AskShadow(publish, arrival, ticket, route.Shadow!);
                break;
            default:
                Ingest(publish, arrival, ticket, route);
                break;
        }

        return true;
    }

    public void Finished(ReadingInFlight reading, in PublishTicket ticket, PublishAnswer answer, bool isSynchronous)
    {
        lock (_spare)
            _spare.Push(reading);
        Interlocked.Decrement(ref _inFlight);
        var acksReady = Complete(ticket, answer);

        // On the reader's own thread PUBACKs gather until it has no more packets: one write for all of them.
        if (isSynchronous)
        {
            _acksReady |= acksReady;
            return;
        }

        if (acksReady)
            publisher.OnAcksReady();
        publisher.OnRoom();
    }

    /// <summary>A request to a shadow is done with. On any thread.</summary>
    public void Finished(in PublishTicket ticket, PublishAnswer answer)
    {
        Interlocked.Decrement(ref _inFlight);
        if (Complete(ticket, answer))
            publisher.OnAcksReady();
        publisher.OnRoom();
    }

    /// <summary>A message that is not a reading has to wait for those that it is owed to.</summary>
    public ICommitted Await(in PublishTicket ticket, PublishAnswer answer)
    {
        Interlocked.Increment(ref _inFlight);
        return Spare().Await(ticket, answer);
    }

    /// <summary>No more messages come.</summary>
    public void Stop() => _held?.LeaveLine();

    private bool IsHeld(scoped in PublishPacket publish, long now)
    {
        _held?.NoLonger();

        // Who is waited for waits for nobody: its acknowledgements come behind its message, and two could wait for each other.
        if (!broker.MayHold || session.Deliveries.IsBehind)
            return false;

        _held ??= new HeldPublisher(publisher.OnRoom);
        return broker.Holds(publish.Topic, publish.QoS, session, _held, now);
    }

    /// <summary>When a QoS 0 reading that has to wait may be dropped, in time from <paramref name="now"/>.</summary>
    private TimeSpan UntilShedding(long now) => options.ShedAfter - time.GetElapsedTime(_congestedSince ?? now, now);

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

    /// <summary>[MQTT-4.3.3-10]; 3.1.1 [MQTT-4.3.3-2]: until PUBREL a message of that identifier is the same one, and was published.</summary>
    private bool IsCopy(ref PublishTicket ticket)
    {
        // One whose outcome is not known yet is a reading of an earlier connection, and its twin knows it again.
        if (session.UseInbound().Take(ticket.PacketId) == InboundStep.Received)
        {
            _acksReady |= acks.Complete(ticket.Ticket, ticket.PacketId, PublishAnswer.Success);
            return true;
        }

        if (session.IsDurable)
            ticket = ticket with { Received = new SessionChange.Received(session.ClientId, ticket.PacketId) };
        return false;
    }

    private void Forward(scoped in PublishPacket publish, Arrival arrival, in PublishTicket ticket)
    {
        var answer = PublishAnswer.NobodySubscribed;
        var isPending = false;
        if (ticket.Received is not null || broker.IsWanted(publish.Topic, publish.Retain))
        {
            var body = PublishBody.Copy(publish.Topic, publish.Payload, publish.Properties);
            answer = broker.Publish(new BrokeredMessage(body, publish.QoS, publish.Retain, arrival.Timestamp), session, ticket, out isPending);
        }

        if (answer == PublishAnswer.NobodySubscribed)
            metrics.Unrouted();
        if (!isPending)
            Answer(ticket, answer);
    }

    private void AskShadow(scoped in PublishPacket publish, Arrival arrival, in PublishTicket ticket, ShadowTopic topic)
    {
        if (publish.Retain)
        {
            metrics.PublishRefused("retained-request");
            Answer(ticket, PublishAnswer.RetainedRequest);
            return;
        }

        var message = new BrokeredMessage(PublishBody.Copy(publish.Topic, publish.Payload, publish.Properties), publish.QoS, Retain: false, arrival.Timestamp);
        Interlocked.Increment(ref _inFlight);
        _shadows ??= new ShadowQueue(this, shadows, broker, session, sessionId);
        _shadows.Take(topic, message, topic.Device == device, arrival, ticket);
    }

    private void Ingest(scoped in PublishPacket publish, Arrival arrival, in PublishTicket ticket, TopicRoute route)
    {
        var body = PublishBody.Copy(publish.Topic, publish.Payload, publish.Properties);
        SessionId? own = route.Device == device ? sessionId : null;
        if (telemetry.Read(route, publish, body, arrival, own, out var refusal) is not { } command)
        {
            Answer(ticket, refusal);
            return;
        }

        Interlocked.Increment(ref _inFlight);
        Spare().Start(command, route, new BrokeredMessage(body, publish.QoS, publish.Retain, arrival.Timestamp), arrival, ticket);
    }

    private ReadingInFlight Spare()
    {
        lock (_spare)
            return _spare.TryPop(out var reading) ? reading : new ReadingInFlight(this, telemetry, session);
    }

    private void Answer(in PublishTicket ticket, PublishAnswer answer) => _acksReady |= Complete(ticket, answer);

    /// <summary>True when an acknowledgement can leave.</summary>
    private bool Complete(in PublishTicket ticket, PublishAnswer answer)
    {
        if (ticket.QoS == MqttQoS.AtMostOnce)
            return false;

        if (ticket.QoS == MqttQoS.ExactlyOnce)
        {
            // 4.3.3: a PUBREC that reports failure frees the identifier.
            if (answer.IsRefusal)
                session.Inbound!.Release(ticket.PacketId);
            else
                session.Inbound!.Complete(ticket.PacketId);
        }

        if (answer.IsNotStored && version == MqttVersion.V311)
        {
            // 3.1.1 cannot say that a message was not stored: without its PUBACK the device sends it again when it is back. The ticket
            // stays open, so that no later PUBACK leaves in place of the one that must not.
            publisher.OnNotStored();
            return false;
        }

        return acks.Complete(ticket.Ticket, ticket.PacketId, answer);
    }

    /// <summary>Messages by QoS.</summary>
    [InlineArray(3)]
    private struct Published
    {
        private int _first;
    }
}
