namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>What one processor has done since boot, in the kernel's clock ticks.</summary>
internal readonly record struct CpuTicks(long Busy, long Idle)
{
    /// <summary>Reads the columns after the name on a <c>cpu</c> line of /proc/stat.</summary>
    public static CpuTicks Read(ref Fields fields)
    {
        var (user, nice, system) = (fields.NextNumber(), fields.NextNumber(), fields.NextNumber());
        var (idle, ioWait) = (fields.NextNumber(), fields.NextNumber());
        var (irq, softIrq, steal) = (fields.NextNumber(), fields.NextNumber(), fields.NextNumber());

        // Guest time, the columns that follow, is part of user and nice already.
        return new CpuTicks(user + nice + system + irq + softIrq + steal, idle + ioWait);
    }

    /// <summary>Null without an earlier reading, or when no tick has passed.</summary>
    public double? BusyPercentSince(CpuTicks before)
    {
        // The kernel may take a little I/O wait back; that is no idle time, and no negative one.
        var busy = Math.Max(0, Busy - before.Busy);
        var idle = Math.Max(0, Idle - before.Idle);
        return before == default || busy + idle == 0 ? null : 100.0 * busy / (busy + idle);
    }
}
