namespace OrleansIot.Mqtt.Codec;

/// <summary>The data types a property may have (2.2.2.2, table 2-4).</summary>
internal enum PropertyType : byte
{
    Unknown,
    Byte,
    TwoByteInteger,
    FourByteInteger,
    VariableByteInteger,
    String,
    Binary,
    StringPair,
}
