namespace OrleansIot.Storage.DynamoDb.Database;

/// <summary>Names of attributes and indexes. Short, because they are stored, and paid for, with each item.</summary>
internal static class Names
{
    public const string Partition = "pk";
    public const string Sort = "sk";

    /// <summary>When DynamoDB may delete the item: seconds since 1970.</summary>
    public const string Expires = "x";

    public const string Body = "b";
    public const string Version = "v";

    /// <summary>Alerts of a device by time (local index, so that reads may be consistent).</summary>
    public const string ByTime = "by-time";

    /// <summary>Alerts of all devices, open and resolved apart, by time.</summary>
    public const string ByState = "by-state";

    /// <summary>Messages that wait to be delivered, by the time they are due.</summary>
    public const string Pending = "pending";

    /// <summary>All messages, by the time they were added.</summary>
    public const string Recent = "recent";
}
