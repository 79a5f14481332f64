namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>What a run went through, for whoever reads its output: a test that kills nothing in flight tests nothing.</summary>
internal sealed class PlantCount
{
    private int _answers;

    public int Rounds { get; set; }

    public int KilledStarts { get; set; }

    public int KilledStops { get; set; }

    public int Stops { get; set; }

    public int Outages { get; set; }

    public int KilledInOutage { get; set; }

    /// <summary>Messages without an answer that were found stored.</summary>
    public int InDoubtAndStored { get; set; }

    public int InDoubtAndLost { get; set; }

    /// <summary>Updates of shadows that are stored.</summary>
    public int ShadowUpdates { get; set; }

    public int StreamEvents { get; set; }

    public int Notifications { get; set; }

    /// <summary>Notifications that came again, under the same key, because a kill fell between the receiver's answer and its record.</summary>
    public int ToldAgain { get; set; }

    /// <summary>Calls of <see cref="Answered"/>.</summary>
    public int Answers => _answers;

    public void Answered() => Interlocked.Increment(ref _answers);

    public override string ToString() =>
        $"{Rounds} rounds, {KilledStarts} more kills while starting, {KilledStops} while stopping, {Stops} clean stops, {Outages} outages of the disk with {KilledInOutage} kills in them; {Answers} PUBACKs; without an answer at the end "
        + $"{InDoubtAndStored} stored and {InDoubtAndLost} not; {ShadowUpdates} updates of shadows; {StreamEvents} events streamed; {Notifications} notifications, {ToldAgain} of them again under their key";
}
