namespace OrleansIot.Mqtt.Sessions;

/// <summary>A message on its way, between its first PUBLISH and its last acknowledgement.</summary>
public readonly record struct Delivery<TMessage>(ushort PacketId, DeliveryStep Step, TMessage Message);
