namespace OrleansIot.Grains.Rules;

/// <summary>Gives a new installation the shipped rules, once, however many silos start at the same moment. Key: 0.</summary>
[Alias("orleansiot.rule-seed")]
internal interface IRuleSeedGrain : IGrainWithIntegerKey
{
    /// <summary>Nothing happens where rules were ever put.</summary>
    [Alias("seed")]
    Task Seed();
}
