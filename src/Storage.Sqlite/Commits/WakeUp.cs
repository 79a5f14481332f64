namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>Makes the writer look whether something is due, and asks for nothing else.</summary>
internal sealed class WakeUp : WriteRequest
{
    public static readonly WakeUp Instance = new();

    public override void Succeed()
    {
    }

    public override void Fail(Exception failure)
    {
    }
}
