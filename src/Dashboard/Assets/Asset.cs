using System.IO.Compression;
using System.Security.Cryptography;

namespace OrleansIot.Dashboard.Assets;

/// <summary>One file as it goes to the browser.</summary>
internal sealed class Asset(string name, byte[] content)
{
    private readonly Lazy<byte[]> _zipped = new(() => Zip(content));

    public byte[] Content => content;

    public byte[] Zipped => _zipped.Value;

    public string ContentType { get; } = Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    public string Version { get; } = Shorten(SHA256.HashData(content));

    public static string VersionOf(IEnumerable<Asset> assets) =>
        Shorten(SHA256.HashData([.. assets.SelectMany(asset => asset.Content)]));

    public static Asset? FromResource(string name)
    {
        using var resource = typeof(Asset).Assembly.GetManifestResourceStream(name);
        if (resource is null)
            return null;

        var content = new byte[resource.Length];
        resource.ReadExactly(content);
        return new Asset(name, content);
    }

    private static string Shorten(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, 6));

    private static byte[] Zip(byte[] content)
    {
        using var target = new MemoryStream();
        using (var zip = new GZipStream(target, CompressionLevel.SmallestSize))
            zip.Write(content);

        return target.ToArray();
    }
}
