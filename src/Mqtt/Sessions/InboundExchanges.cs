namespace OrleansIot.Mqtt.Sessions;

/// <summary>What a receiver knows of the identifier of an arriving QoS 2 message.</summary>
public enum InboundStep
{
    /// <summary>Nothing: it is a new message.</summary>
    New,

    /// <summary>It is being dealt with; whether it will have been taken over is not known yet.</summary>
    Pending,

    /// <summary>It was taken over: this is a copy ([MQTT-4.3.3-10]; 3.1.1: -2).</summary>
    Received,
}

/// <summary>
/// The QoS 2 messages that a receiver has seen and that lack their PUBREL: session state (4.1). Which of them count against the
/// receive maximum is the connection's. On any thread.
/// </summary>
public sealed class InboundExchanges
{
    private readonly Dictionary<ushort, Exchange> _exchanges = [];
    private int _open;

    /// <summary>How many count against this connection's receive maximum ([MQTT-3.3.4-7]).</summary>
    public int OpenCount => Volatile.Read(ref _open);

    /// <summary>Starts a connection: what earlier ones left open does not count against its receive maximum (4.9).</summary>
    public void Connect()
    {
        lock (_exchanges)
        {
            foreach (var packetId in _exchanges.Keys.ToArray())
                _exchanges[packetId] = _exchanges[packetId] with { Counts = false };
            _open = 0;
        }
    }

    /// <summary>Takes up an identifier of an earlier run.</summary>
    public void Restore(ushort packetId)
    {
        lock (_exchanges)
            _exchanges[packetId] = new Exchange(InboundStep.Received, Counts: false);
    }

    /// <summary>Notes an arriving message, and answers what was known of its identifier.</summary>
    public InboundStep Take(ushort packetId)
    {
        lock (_exchanges)
        {
            var isKnown = _exchanges.TryGetValue(packetId, out var known);
            if (!known.Counts)
                _open++;
            _exchanges[packetId] = new Exchange(isKnown ? known.Step : InboundStep.Pending, Counts: true);
            return isKnown ? known.Step : InboundStep.New;
        }
    }

    /// <summary>The message was taken over.</summary>
    public void Complete(ushort packetId)
    {
        lock (_exchanges)
        {
            if (_exchanges.TryGetValue(packetId, out var known))
                _exchanges[packetId] = known with { Step = InboundStep.Received };
        }
    }

    /// <summary>PUBREL has come, or the message was refused (4.3.3): the identifier is free. False when it was not in use.</summary>
    public bool Release(ushort packetId)
    {
        lock (_exchanges)
        {
            if (!_exchanges.Remove(packetId, out var known))
                return false;

            if (known.Counts)
                _open--;
            return true;
        }
    }

    private readonly record struct Exchange(InboundStep Step, bool Counts);
}
