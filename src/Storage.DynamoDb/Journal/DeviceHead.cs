namespace OrleansIot.Storage.DynamoDb.Journal;

/// <summary>Where the log of a device ends.</summary>
/// <param name="Version">Of the last event; 0 where there is none.</param>
/// <param name="Day">Of the partition that is written to; null where there is none.</param>
/// <param name="From">The first version in that partition.</param>
/// <param name="Previous">Day of the partition before it.</param>
internal sealed record DeviceHead(long Version, DateOnly? Day, long From, DateOnly? Previous)
{
    public static readonly DeviceHead None = new(0, null, 0, null);
}
