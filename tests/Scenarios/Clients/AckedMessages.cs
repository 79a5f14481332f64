namespace OrleansIot.Scenarios.Clients;

/// <summary>The messages that a swarm has had acknowledged, read from its log while it still writes.</summary>
public sealed class AckedMessages : IDisposable
{
    public string Log { get; } = Path.GetTempFileName();

    public IReadOnlyList<(string Device, long Sequence)> Read()
    {
        using var reader = new StreamReader(new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var text = reader.ReadToEnd();

        // A line that is not whole yet is not counted.
        var lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => line.Split(' ')).Select(parts => (parts[0], long.Parse(parts[1], null)))];
    }

    /// <summary>None of them was lost, and none is there twice.</summary>
    public async Task AreStoredOnce(ApiClient api)
    {
        foreach (var acked in Read().GroupBy(message => message.Device, message => message.Sequence))
        {
            var stored = await api.StoredSequences(acked.Key);
            Assert.True(stored.Distinct().Count() == stored.Count, $"Of {acked.Key} these are stored more than once: {Doubled(stored)}.");
            Assert.True(!acked.Except(stored).Any(), $"Of {acked.Key} these were acknowledged and are lost: {string.Join(", ", acked.Except(stored))}.");
        }
    }

    public void Dispose() => File.Delete(Log);

    private static string Doubled(IEnumerable<long> stored) =>
        string.Join(", ", stored.GroupBy(sequence => sequence).Where(same => same.Count() > 1).Select(same => same.Key));
}
