# SPDX-License-Identifier: Apache-2.0
"""What tests/chaos is made of: a load, faults, and the checks of what must hold afterwards."""
