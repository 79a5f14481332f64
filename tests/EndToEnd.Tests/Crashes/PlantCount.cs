namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>What a run went through, for whoever reads its output: a test that kills nothing in flight tests nothing.</summary>
internal sealed class PlantCount
{
    public int Rounds { get; set; }

    public int KilledStarts { get; set; }

    public int KilledStops { get; set; }

    public int Stops { get; set; }

    public int Answers { get; set; }

    /// <summary>Messages without an answer that were found stored.</summary>
    public int InDoubtAndStored { get; set; }

    public int InDoubtAndLost { get; set; }

    public int StreamEvents { get; set; }

    public int Notifications { get; set; }

    /// <summary>Notifications that came again, under the same key, because a kill fell between the receiver's answer and its record.</summary>
    public int ToldAgain { get; set; }

    public override string ToString() =>
        $"{Rounds} rounds, {KilledStarts} more kills while starting, {KilledStops} while stopping, {Stops} clean stops; {Answers} PUBACKs; without an answer at the end "
        + $"{InDoubtAndStored} stored and {InDoubtAndLost} not; {StreamEvents} events streamed; {Notifications} notifications, {ToldAgain} of them again under their key";
}
