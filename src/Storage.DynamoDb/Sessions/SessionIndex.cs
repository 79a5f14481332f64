namespace OrleansIot.Storage.DynamoDb.Sessions;

/// <summary>
/// Which items there are: what a change of something that is not there would need a read or a condition for. Some hundred bytes per
/// session and delivery, of which the broker has the messages themselves in memory.
/// </summary>
internal sealed class SessionIndex
{
    private string _lastClient = "";
    private long _keptNumber;

    public Dictionary<string, Session> Sessions { get; } = new(StringComparer.Ordinal);

    public Dictionary<long, SharedMessage> Shared { get; } = [];

    /// <summary>How many items each retained message takes, by its partition.</summary>
    public Dictionary<string, int> Retained { get; } = new(StringComparer.Ordinal);

    public long LastNumber { get; private set; }

    /// <summary>
    /// Whether the last number needs an item of its own. It does not while the delivery that has it is there, which tells as much:
    /// so a message that is owed is one write.
    /// </summary>
    public bool MustKeepLastNumber => LastNumber > _keptNumber && !(Sessions.TryGetValue(_lastClient, out var session) && session.Owed.ContainsKey(LastNumber));

    public void GiveOut(string client, long number)
    {
        if (number > LastNumber)
            (LastNumber, _lastClient) = (number, client);
    }

    /// <summary>It has an item of its own.</summary>
    public void KeepLastNumber(long number)
    {
        _keptNumber = number;
        LastNumber = Math.Max(LastNumber, number);
    }

    internal sealed class Session(string client)
    {
        public string Partition { get; } = SessionKeys.PartitionOf(client);

        public HashSet<string> Filters { get; } = new(StringComparer.Ordinal);

        public Dictionary<long, Owed> Owed { get; } = [];

        public HashSet<ushort> Received { get; } = [];

        /// <summary>How many items its will takes; 0 where it has none.</summary>
        public int WillParts { get; set; }
    }

    /// <param name="Shared">The message that it shares with other deliveries; null where it has its own.</param>
    /// <param name="Parts">How many items it takes.</param>
    internal readonly record struct Owed(long? Shared, int Parts);

    /// <param name="Deliveries">How many are left of it.</param>
    internal readonly record struct SharedMessage(int Deliveries, int Parts);
}
