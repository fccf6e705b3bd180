# SPDX-License-Identifier: Apache-2.0
"""What tests/stack is made of: private servers, started and stopped by pid."""
