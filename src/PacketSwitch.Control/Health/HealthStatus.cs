// What a check found, in the codes that operators know from other load balancers: the layer, and how it ended there.

namespace PacketSwitch.Control.Health;

/// <summary>Codes of results; their names are what people and scripts read.</summary>
public enum HealthStatus
{
    /// <summary>Not checked yet.</summary>
    None,

    /// <summary>The server's MAC answers; no answer in time.</summary>
    L2OK,
    L2TOUT,

    /// <summary>The server answers an echo; no answer in time; it cannot be reached.</summary>
    L3OK,
    L3TOUT,
    L3CON,

    /// <summary>A connection stands; no answer in time; refused or unreachable.</summary>
    L4OK,
    L4TOUT,
    L4CON,

    /// <summary>A TLS handshake was made; no answer in time; something else came.</summary>
    L6OK,
    L6TOUT,
    L6RSP,

    /// <summary>The application answers; not in time; something that is no answer; an answer that is not the expected one.</summary>
    L7OK,
    L7TOUT,
    L7RSP,
    L7STS,

    /// <summary>The script ended with 0; not in time; with another code, or could not be started.</summary>
    PROCOK,
    PROCTOUT,
    PROCERR,
}
