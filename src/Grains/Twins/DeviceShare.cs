using OrleansIot.Domain.Devices;

namespace OrleansIot.Grains.Twins;

/// <summary>
/// Who of the silos takes up which device when nobody owns it: the one whose hash with the device is highest, so that all agree
/// without a word, and a silo that comes or goes changes only what it takes or leaves.
/// </summary>
internal static class DeviceShare
{
    public static bool IsMine(DeviceId device, SiloAddress me, IReadOnlyList<SiloAddress> silos)
    {
        var mine = Weight(device, me);
        foreach (var silo in silos)
        {
            if (!silo.Equals(me) && Weight(device, silo) is var weight && (weight > mine || (weight == mine && silo.CompareTo(me) > 0)))
                return false;
        }

        return true;
    }

    // FNV-1a and a last mix; string's own hash differs from process to process.
    private static ulong Weight(DeviceId device, SiloAddress silo)
    {
        var hash = 14_695_981_039_346_656_037 ^ (uint)silo.GetConsistentHashCode();
        foreach (var letter in device.Value)
            hash = (hash ^ letter) * 1_099_511_628_211;

        hash = (hash ^ (hash >> 33)) * 0xFF51_AFD7_ED55_8CCD;
        return hash ^ (hash >> 33);
    }
}
