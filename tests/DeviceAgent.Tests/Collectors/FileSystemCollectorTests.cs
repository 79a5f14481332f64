using OrleansIot.DeviceAgent.Collectors;

namespace OrleansIot.DeviceAgent.Tests.Collectors;

public sealed class FileSystemCollectorTests : IDisposable
{
    private static readonly FileSystemSpace HalfFull = new(1_000, 500, 500);

    private readonly CapturedHost _host = new();

    [Fact]
    public void Only_file_systems_on_disks_count_and_each_device_once()
    {
        _host.With("proc/mounts", """
            proc /proc proc rw,relatime 0 0
            sysfs /sys sysfs rw,relatime 0 0
            devtmpfs /dev devtmpfs rw 0 0
            /dev/sda2 / ext4 rw,relatime 0 0
            tmpfs /run tmpfs rw 0 0
            /dev/sda1 /boot/efi vfat rw 0 0
            /dev/loop0 /snap/core/1 squashfs ro 0 0
            /dev/sdb1 /srv/Data\040Lake xfs rw 0 0
            /dev/sda2 /var/lib/docker ext4 rw 0 0
            server:/export /mnt/nfs nfs4 rw 0 0
            """);

        var metrics = CapturedHost.Collect(new FileSystemCollector(_host.Root, _ => HalfFull));

        Assert.Equal(
            ["disk-boot-efi-used-percent", "disk-root-used-percent", "disk-srv-data-lake-used-percent"],
            metrics.Keys.Where(name => name.EndsWith("used-percent", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void A_containers_overlay_is_its_root_and_its_single_file_mounts_are_not_file_systems()
    {
        _host.With("proc/mounts", """
            overlay / overlay rw,lowerdir=/a 0 0
            tmpfs /dev tmpfs rw 0 0
            /dev/vda1 /etc/hosts ext4 rw 0 0
            /dev/vda1 /data ext4 rw 0 0
            """);

        var metrics = CapturedHost.Collect(
            new FileSystemCollector(_host.Root, path => path == "/etc/hosts" ? null : HalfFull));

        Assert.Contains("disk-root-used-percent", metrics);
        Assert.Contains("disk-data-used-percent", metrics);
        Assert.DoesNotContain("disk-etc-hosts-used-percent", metrics);
    }

    [Fact]
    public void Fullness_is_what_df_says_and_free_is_what_a_program_can_use()
    {
        _host.With("proc/mounts", "/dev/sda2 / ext4 rw 0 0\n");
        var space = new FileSystemSpace(TotalBytes: 1_000, FreeBytes: 300, AvailableBytes: 250);

        var metrics = CapturedHost.Collect(new FileSystemCollector(_host.Root, _ => space));

        Assert.Equal(73.7, metrics["disk-root-used-percent"]);
        Assert.Equal(250, metrics["disk-root-free-bytes"]);
    }

    [Fact]
    public void A_disk_mounted_later_is_seen_and_one_pulled_out_disappears()
    {
        _host.With("proc/mounts", "/dev/sda2 / ext4 rw 0 0\n");
        var collector = new FileSystemCollector(_host.Root, _ => HalfFull);
        CapturedHost.Collect(collector);

        _host.With("proc/mounts", "/dev/sda2 / ext4 rw 0 0\n/dev/sdc1 /media/usb exfat rw 0 0\n");
        Assert.Contains("disk-media-usb-used-percent", CapturedHost.Collect(collector));

        _host.With("proc/mounts", "/dev/sda2 / ext4 rw 0 0\n");
        Assert.DoesNotContain("disk-media-usb-used-percent", CapturedHost.Collect(collector));
    }

    public void Dispose() => _host.Dispose();
}
