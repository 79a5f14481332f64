using System.Text;
using System.Text.RegularExpressions;

namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>How full each real file system is; <c>disk-root-used-percent</c> is the one mounted at <c>/</c>.</summary>
internal sealed partial class FileSystemCollector(string root, Func<string, FileSystemSpace?> spaceOf) : ICollector
{
    // Types that keep data on a disk of this machine. Left out on purpose: network file systems, whose query hangs
    // when the server is away, and read-only images (squashfs, iso9660), which are always full.
    private static readonly HashSet<string> DiskTypes =
    [
        "apfs", "bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fuseblk", "hfsplus", "jfs", "nilfs2",
        "ntfs", "ntfs3", "reiserfs", "ubifs", "ufs", "vfat", "xfs", "zfs",
    ];

    private readonly HostFile _mounts = new(Path.Combine(root, "proc/mounts"));
    private readonly List<Mount> _known = [];
    private byte[] _knownContent = [];

    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        var content = _mounts.Read();
        if (!content.SequenceEqual(_knownContent))
        {
            _knownContent = content.ToArray();
            ReadMounts(Encoding.UTF8.GetString(content));
        }

        foreach (var mount in _known)
        {
            if (spaceOf(mount.Path) is { TotalBytes: > 0 } space)
                space.Report(message, mount.MetricName);
        }
    }

    private void ReadMounts(string table)
    {
        _known.Clear();
        var devices = new HashSet<string>();
        var names = new HashSet<string>();
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is not [var device, var escapedPath, var type, ..])
                continue;

            // In a container, / is an overlay on the host's disk: the one mount that counts whatever its type.
            var path = Unescape(escapedPath);
            var isFull = path == "/" || (DiskTypes.Contains(type) && spaceOf(path) is { TotalBytes: > 0 });
            if (isFull && devices.Add(device))
                _known.Add(new Mount(path, MetricName.Unique(MetricName.FromMountPoint(path), names)));
        }
    }

    // The kernel writes blanks and backslashes in paths as octal numbers.
    private static string Unescape(string path) =>
        OctalEscape().Replace(path, match => ((char)Convert.ToInt32(match.Value[1..], 8)).ToString());

    [GeneratedRegex(@"\\[0-7]{3}")]
    private static partial Regex OctalEscape();

    private sealed record Mount(string Path, string MetricName);
}
