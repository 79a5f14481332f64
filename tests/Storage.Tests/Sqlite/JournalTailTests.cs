using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Tests.Sqlite;

public sealed class JournalTailTests
{
    [Fact]
    public void It_has_what_a_list_of_the_same_entries_has()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var tail = new JournalTail();
            var list = new List<TailEntry>();
            var (position, version, after) = (0L, 0L, 0L);
            for (var step = 0; step < 60; step++)
            {
                if (random.Next(8) == 0)
                {
                    after = Math.Max(after, random.NextInt64(version + 3));
                    tail.TrimThrough(after);
                    list.RemoveAll(entry => entry.LastVersion <= after);
                    version = Math.Max(version, after);
                }
                else
                {
                    position += random.NextInt64(1, 1L << random.Next(1, 40));
                    version += random.Next(1, 300);
                    var entry = new TailEntry(position, version, random.Next(4 * 1024 * 1024));
                    tail.Add(entry);
                    list.Add(entry);
                }

                Assert.True(list.SequenceEqual(tail.ToArray()), $"seed {seed}, step {step}");
                Assert.Equal(
                    (after, list is [] ? null : list[0].Position, Math.Max(after, list is [] ? 0 : list[^1].LastVersion)),
                    (tail.After, tail.FirstPosition, tail.LastVersion));
            }
        }
    }
}
