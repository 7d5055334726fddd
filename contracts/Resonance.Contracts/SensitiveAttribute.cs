namespace Resonance.Contracts;

/// <summary>
/// Only those see the value who may act: whoever may only look sees that there is one. Stands on members of contracts and of instances; a
/// member of that name is then hidden wherever the workflow's data are shown.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SensitiveAttribute : Attribute;
