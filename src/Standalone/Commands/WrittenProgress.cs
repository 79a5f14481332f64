namespace OrleansIot.Standalone.Commands;

/// <summary>A line for each tenth.</summary>
internal sealed class WrittenProgress(TextWriter output) : IProgress<double>
{
    private int _told;

    public void Report(double value)
    {
        var tenth = (int)(value * 10);
        if (tenth <= _told)
            return;

        _told = tenth;
        output.WriteLine($"{tenth * 10} %");
    }
}
