using OrleansIot.Application.Stores;

namespace OrleansIot.Application.Tests.Stores;

public sealed class FolderEntriesTests
{
    [Fact]
    public void A_folder_is_flushed()
    {
        var folder = Directory.CreateTempSubdirectory("orleansiot-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "a"), "a");
            FolderEntries.Flush(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void One_that_is_not_there_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Nothing is done there.");
        var missing = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString());
        Assert.Contains(missing, Assert.Throws<IOException>(() => FolderEntries.Flush(missing)).Message, StringComparison.Ordinal);
    }
}
