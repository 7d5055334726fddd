namespace Resonance.Engine.Steps;

/// <summary>The places on a message's way where a process may die.</summary>
enum StepPoint
{
    AfterLoad,
    BeforeCommit,
    DuringCommit,
    AfterCommit,
    MidPublish,
    BeforeAcknowledge,
}

/// <summary>Told when a message passes a place of <see cref="StepPoint"/>. Does nothing; tests of faults put in one that does.</summary>
class StepPoints
{
    public virtual void Passed(StepPoint point)
    {
    }
}
