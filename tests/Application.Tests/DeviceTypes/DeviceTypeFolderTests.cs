using OrleansIot.Application.DeviceTypes;

namespace OrleansIot.Application.Tests.DeviceTypes;

public sealed class DeviceTypeFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("device-types-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Every_json_file_of_the_folder_is_a_type()
    {
        Write("b.json", """{"id":"b"}""");
        Write("a.json", """{"id":"a","metrics":[{"name":"t"}]}""");
        Write("README.md", "no type");

        Assert.Equal(["a", "b"], DeviceTypeFolder.Read(_folder.FullName).Select(type => type.Id.Value));
    }

    [Fact]
    public void No_folder_has_no_types() => Assert.Empty(DeviceTypeFolder.Read(null));

    [Fact]
    public void A_start_is_refused_with_every_fault_of_every_file()
    {
        Write("a.json", """{"metrics":[{"name":"t","kind":"blob"}]}""");
        Write("b.json", "{");

        var refused = Assert.Throws<StoreException>(() => DeviceTypeFolder.Read(_folder.FullName));

        Assert.Contains("DeviceTypes:Folder", refused.Message, StringComparison.Ordinal);
        Assert.Contains("a.json: id: is missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("a.json: metrics[0].kind: is \"blob\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains("b.json: $: is not JSON", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_named() =>
        Assert.Contains("nowhere", Assert.Throws<StoreException>(() => DeviceTypeFolder.Read(Path.Combine(_folder.FullName, "nowhere"))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_examples_that_ship_are_types()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(root.FullName, "examples")))
            root = root.Parent!;

        Assert.NotEmpty(DeviceTypeFolder.Read(Path.Combine(root.FullName, "examples", "device-types")));
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);
}
