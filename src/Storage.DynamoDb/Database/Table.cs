namespace OrleansIot.Storage.DynamoDb.Database;

/// <summary>The tables. Each has the key (<see cref="Names.Partition"/>, <see cref="Names.Sort"/>), both texts.</summary>
internal enum Table
{
    /// <summary>The event log: one item per append, in a partition per device and day.</summary>
    Events,

    /// <summary>Snapshots, where the log of a device is, and which devices there are.</summary>
    Twins,

    /// <summary>Chunks of readings and roll-ups.</summary>
    History,

    Alerts,

    /// <summary>Messages, and whose turn it is to deliver them.</summary>
    Outbox,

    /// <summary>MQTT sessions that outlive their connection, what is owed to them, and retained messages.</summary>
    Sessions,

    /// <summary>Rules, and what is known of the store as a whole.</summary>
    Rules,
}
