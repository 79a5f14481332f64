namespace OrleansIot.Storage.DynamoDb.Sessions;

/// <summary>
/// Which items there are: what a change of something that is not there would need a read or a condition for. Some hundred bytes per
/// session and delivery, of which the broker has the messages themselves in memory.
/// </summary>
internal sealed class SessionIndex
{
    public Dictionary<string, Session> Sessions { get; } = new(StringComparer.Ordinal);

    public Dictionary<long, SharedMessage> Shared { get; } = [];

    /// <summary>How many items each retained message takes, by its partition.</summary>
    public Dictionary<string, int> Retained { get; } = new(StringComparer.Ordinal);

    public long LastNumber { get; set; }

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
